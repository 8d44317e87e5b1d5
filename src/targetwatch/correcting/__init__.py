"""Correcting: rows in quarantine go back to their unit as a spreadsheet, and come back corrected.

    rows_of(home, source, ...)      whole rows as they were delivered, out of the original while it is kept
    write_sheet(sheet, path)        the spreadsheet: each row with its reason, the bad cell marked
    read_keys, read_rows            the same spreadsheet when it comes back
    meant(cell, value)              what a cell stands for; one that nobody has changed is what had been delivered

What is handed in goes the way of all deliveries (gathering/corrections.py). Only the source's own columns are read.
"""
