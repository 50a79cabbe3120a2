"""Files that are read and written safely: bounded, checked, whole or not at all."""
