"""A small convolutional network: its layout and passes."""
