"""The network, its training, and the run that training leaves behind. Nothing here needs Manim."""
