"""What may be shown: rights and legal metadata. It reports what the ledger says and is not legal advice."""
