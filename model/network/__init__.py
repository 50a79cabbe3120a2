"""Networks: layers, activation functions, forward and backward passes."""
