"""What can be done to products, quotes, orders and invoices. Other apps call these only."""
