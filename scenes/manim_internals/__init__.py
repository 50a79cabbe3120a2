"""What is used of Manim's inside: names that Manim does not document, and may change in any version.

Everything else is Manim's public API. ``missing()`` says which of these names a version of Manim lacks.
"""

from __future__ import annotations

import manim
from manim._config.utils import config_file_paths
from manim._config.video_encoder import VideoEncoderSpec
from manim.camera.camera import CAP_STYLE_MAP, LINE_JOIN_MAP
from manim.mobject.text.text_mobject import TEXT2SVG_ADJUSTMENT_FACTOR, TEXT_MOB_SCALE_FACTOR
from manim.mobject.types.image_mobject import AbstractImageMobject
from manim.renderer.cairo_renderer import CairoRenderer
from manim.scene.scene_file_writer import SceneFileWriter, _PartialMovieEncodeJob
from manim.scene.video_segment_encoder import VideoSegmentEncoder
from manim.utils.paths import straight_path

PartialMovieEncodeJob = _PartialMovieEncodeJob

__all__ = [
    "CAP_STYLE_MAP",
    "LINE_JOIN_MAP",
    "TEXT2SVG_ADJUSTMENT_FACTOR",
    "TEXT_MOB_SCALE_FACTOR",
    "AbstractImageMobject",
    "PartialMovieEncodeJob",
    "SceneFileWriter",
    "VideoEncoderSpec",
    "VideoSegmentEncoder",
    "config_file_paths",
    "missing",
    "straight_path",
]

# Methods that are overridden or called, by the class that has them.
METHODS: dict[type, tuple[str, ...]] = {
    manim.MovingCamera: (
        "capture_mobjects",
        "display_multiple_background_colored_vmobjects",
        "display_multiple_non_background_colored_vmobjects",
        "display_vectorized",
        "frame_center",
        "frame_height",
        "frame_width",
        "get_cairo_context",
        "get_mobjects_to_display",
        "set_cairo_context_path",
        "set_pixel_array",
        "type_or_raise",
    ),
    manim.Scene: ("get_run_time", "render", "should_update_mobjects"),
    manim.Mobject: (
        "align_points",
        "align_points_with_larger",
        "get_array_attrs",
        "get_point_mobject",
        "has_points",
        "interpolate",
        "interpolate_color",
        "reset_points",
    ),
    CairoRenderer: ("get_frame", "play", "save_static_frame_data", "update_frame"),
    SceneFileWriter: (
        "close_partial_movie_stream",
        "finish",
        "open_partial_movie_stream",
        "print_file_ready_message",
        "write_frame",
    ),
    VideoSegmentEncoder: ("_operation_error", "_validate_frame", "write_frame"),
    PartialMovieEncodeJob: ("join", "seal"),
}

# Attributes of instances, as their source assigns them.
ATTRIBUTES: dict[type, tuple[str, ...]] = {
    manim.Camera: (
        "cairo_line_width_multiple",
        "display_funcs",
        "pixel_array",
        "pixel_height",
        "pixel_width",
    ),
    CairoRenderer: (
        "_original_skipping_status",
        "camera",
        "file_writer",
        "num_plays",
        "skip_animations",
        "static_image",
    ),
    SceneFileWriter: (
        "_current_encode_job",
        "final_file_path",
        "movie_file_path",
        "settings",
        "video_encoder",
    ),
    VideoSegmentEncoder: ("_container", "_next_pts", "_stream", "spec"),
}


def missing() -> list[str]:
    """Return the names above that the installed Manim lacks, as ``Camera.pixel_array``."""
    methods = [
        f"{kind.__name__}.{name}"
        for kind, names in METHODS.items()
        for name in names
        if not hasattr(kind, name)
    ]
    return methods + [
        f"{kind.__name__}.{name}"
        for kind, names in ATTRIBUTES.items()
        for name in names
        if not (hasattr(kind, name) or _assigns(kind, name))
    ]


def _assigns(kind: type, name: str) -> bool:
    """Whether the source of a class, or of one it inherits from, assigns an attribute of this name."""
    import inspect
    import re

    assigned = re.compile(rf"\bself\.{name}\b(: [^=]+)? =|^    {name}\b: ", re.MULTILINE)
    return any(assigned.search(inspect.getsource(each)) for each in kind.__mro__ if each is not object)
