"""What is neither model nor scene: how a run comes to be, and how chapters become a film."""
