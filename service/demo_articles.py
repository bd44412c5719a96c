"""What the demo company knows: (title, language, keywords, summary, text)."""

ARTICLES = (
    (
        "Reading drifts after an update of the firmware",
        "en",
        "drift, firmware, FX-30, FX-40",
        "The dark reference is lost when firmware changes. Take it again and the drift is gone.",
        """An update empties the memory that holds the **dark reference**.

Until it is taken again, every reading drifts by up to 0.4% an hour.

## What to do

1. Let the bench warm up for 30 minutes with the lid closed.
2. Choose *Service > References > Dark*, and wait for the tone.
3. Measure the grey filter from the standards kit three times.

The three readings differ by less than 0.05%? Then the case is solved.

| Bench | Grey filter reads |
|---|---|
| FX-30 | 0.498 to 0.502 |
| FX-40 | 0.499 to 0.501 |

## If it still drifts

Read the hours of the lamp. Above 2,000 hours it is the lamp; order a *UV lamp module*.
""",
    ),
    (
        "Pump makes a noise or stops when it is warm",
        "en",
        "pump, noise, filter, stops",
        "A blocked inlet filter makes the pump grind first and stop later.",
        """The inlet filter holds back what the solvent carries.

When it is full, the pump **grinds**, gets warm and stops at 40 °C to protect itself.

- Switch off, let the pressure go, take out the filter.
- Rinse it backwards with isopropanol for five minutes.
- Put it back *arrow towards the pump head*.

A pump that stops again within a week needs new seals; that is a visit of field service.
""",
    ),
    (
        "Display stays dark",
        "en",
        "display, dark, power, fuse",
        "Three things to look at before a visit: brightness, fuse, cable.",
        """1. Hold the upper key for five seconds: the brightness is as it was at first.
2. Look at the fuse beside the power socket. It is **T 2 A**; the spare one is in the lid.
3. Open the flap on the left and push the flat cable in until it clicks.

Still dark? Say so in the case and add the serial number: we send a display module the same day.
""",
    ),
    (
        "Export stops half-way",
        "en",
        "export, LIMS, network, file",
        "Exports stop where a sample name holds a character the other system does not take.",
        """Our file is UTF-8. Systems that read *Latin-1* stop at a letter they don't know.

Choose **Settings > Export > Names > Plain letters**, then run the export again.

It goes on where it stopped; nothing is sent twice.
""",
    ),
    (
        "Cannot sign in to the portal",
        "en",
        "portal, sign in, password, locked",
        "After eight wrong passwords an account is locked for an hour.",
        """- Wait an hour, or ask your administrator to open the account at once.
- *Forgotten?* on the first page sends a new link; it works for thirty minutes.
- Who changed companies needs a new invitation. Ask us, and name the site.
""",
    ),
    (
        "Getting a certificate again",
        "en",
        "certificate, calibration, audit",
        "Certificates of the last ten years can be sent again the same day.",
        """We keep every certificate for ten years.

Ask for the **serial number** and the day of the visit; the certificate is sent as a signed PDF.

One with a wrong date is not corrected but replaced: the new one names the old one.
""",
    ),
    (
        "What the warranty covers",
        "en",
        "warranty, parts, lamp",
        "Two years on benches and pumps, one on parts that wear, none on lamps opened by others.",
        """| Part | Covered for |
|---|---|
| Benches, pumps, ovens | 24 months |
| Seals, filters, cells | 12 months |
| Lamps | 1,000 hours or 12 months |

The time runs from the day of the delivery note.

A part replaced under warranty is covered as long as the first one, but for at least three months.
""",
    ),
    (
        "Seal leaks at low temperature",
        "en",
        "seal, leak, cold",
        "Below 4 °C the standard seal shrinks; the blue one is made for the cold.",
        """The black seal is made for 10 to 60 °C. In a cold room use the **blue seal**, *SEAL-B*.

Change it cold: a seal put in warm leaks again when the room is cold.
""",
    ),
    (
        "Manuels en français",
        "fr",
        "manuel, français, notice",
        "Où trouver les manuels en français, et comment en demander un sur papier.",
        """Tous les manuels existent en français.

Sur l'appareil : *Réglages > Langue > Français*, puis **Aide > Manuel**.

Pour un exemplaire sur papier, indiquez dans la demande le numéro de série et l'adresse.
""",
    ),
    (
        "Étalonnage annuel : que préparer",
        "fr",
        "étalonnage, visite, certificat",
        "Ce que notre technicien trouve prêt fait gagner une heure.",
        """- L'appareil est allumé depuis deux heures.
- Les cuves sont propres et sèches.
- Le dernier certificat est à portée de main.

Le certificat est remis le jour même, en français et en anglais.
""",
    ),
)

# State, title, summary and text of what is not published yet.
DRAFTS = (
    (
        "in_review",
        "Alarm goes off at night",
        "The night alarm follows the humidity, not the temperature.",
        "Below 20% humidity the sensor reports a fault. A bowl of salt solution keeps it above.",
    ),
    (
        "draft",
        "Battery empties too fast",
        "What empties the battery of the hand-held reader.",
        "Wireless search is what empties it. Switch it off when nothing is paired.",
    ),
)
