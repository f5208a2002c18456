"""Other installations: who we are to them, what is signed, what travels between us."""
