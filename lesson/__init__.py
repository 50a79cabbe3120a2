"""What teachers show: clips with their words, a page around them, and packages for the places where lessons are."""
