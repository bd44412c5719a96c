"""What documents, products and price lists may and may not. Pure: nothing is read or written."""
