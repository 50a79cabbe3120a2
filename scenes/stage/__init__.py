"""What chapters are built on: their base class, the layout, the colours, and what of a run is shown."""
