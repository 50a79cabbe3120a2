"""Networks in PyTorch's files."""
