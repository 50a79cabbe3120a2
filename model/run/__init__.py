"""The run: what a training leaves behind, stored, validated and evaluated."""
