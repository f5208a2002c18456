"""What goes out to other systems: one reading of the listings, several ways to write them."""
