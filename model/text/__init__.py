"""Text from users and files, made fit to be shown."""
