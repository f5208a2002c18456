"""The home page and the desk: pages that join several apps."""
