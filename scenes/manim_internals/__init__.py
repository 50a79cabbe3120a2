"""What is used of Manim's inside: names that Manim does not document, and may change in any version.

Everything else is Manim's public API. ``missing()`` says which of these names a version of Manim lacks.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

import manim
from manim._config.utils import config_file_paths
from manim._config.video_encoder import VideoEncoderSpec
from manim.camera.camera import CAP_STYLE_MAP, LINE_JOIN_MAP
from manim.mobject.text.text_mobject import TEXT2SVG_ADJUSTMENT_FACTOR, TEXT_MOB_SCALE_FACTOR
from manim.mobject.types.image_mobject import AbstractImageMobject
from manim.renderer.cairo_renderer import CairoRenderer
from manim.scene.scene_file_writer import SceneFileWriter, _PartialMovieEncodeJob, _SceneFileWriterSettings
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
    manim.VMobject: ("get_fill_rgbas", "get_stroke_rgbas", "get_stroke_width"),
    manim.Mobject: (
        "align_points",
        "align_points_with_larger",
        "get_array_attrs",
        "get_num_points",
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
    manim.Scene: ("camera", "duration", "renderer"),
    manim.VMobject: ("cap_style", "joint_type"),
    manim.MathTypst: ("_group_labels",),
    manim.Camera: (
        "background_color",
        "background_opacity",
        "cairo_line_width_multiple",
        "display_funcs",
        "pixel_array",
        "pixel_height",
        "pixel_width",
    ),
    manim.MovingCamera: ("frame",),
    CairoRenderer: (
        "_original_skipping_status",
        "camera",
        "file_writer",
        "num_plays",
        "skip_animations",
        "static_image",
    ),
    SceneFileWriter: ("_current_encode_job", "final_file_path", "movie_file_path", "settings", "video_encoder"),
    _SceneFileWriterSettings: ("encoder_queue_size",),
    VideoSegmentEncoder: ("_container", "_next_pts", "_stream", "spec"),
    VideoEncoderSpec: ("frame_rate", "pixel_format"),
}

# Parameters by which they are called, or which an override takes.
PARAMETERS: dict[Callable[..., Any], tuple[str, ...]] = {
    manim.Camera.get_mobjects_to_display: ("mobjects", "include_submobjects"),
    SceneFileWriter.__init__: ("settings",),
    SceneFileWriter.open_partial_movie_stream: ("animation_index", "file_path"),
    SceneFileWriter.write_frame: ("repeat",),
    VideoSegmentEncoder.__init__: ("target", "spec"),
    VideoSegmentEncoder.write_frame: ("pixels", "repeat"),
    PartialMovieEncodeJob.__init__: ("animation_index", "encoder", "frame_queue_size"),
}


def missing() -> list[str]:
    """Return the names above that the installed Manim lacks, as ``Camera.pixel_array``."""
    return [
        *(_full(kind, name) for kind, names in METHODS.items() for name in names if not hasattr(kind, name)),
        *(_full(kind, name) for kind, names in ATTRIBUTES.items() for name in names if not _has(kind, name)),
        *(
            f"{_full(function)}({name}=)"
            for function, names in PARAMETERS.items()
            for name in names
            if name not in inspect.signature(function).parameters
        ),
    ]


def _full(owner: type | Callable[..., Any], *name: str) -> str:
    return ".".join((owner.__qualname__, *name))


def _has(kind: type, name: str) -> bool:
    """Whether a class, or the source of one that it inherits from, has or assigns an attribute of this name."""
    assigned = re.compile(rf"\bself\.{name}\b(: [^=]+)? =|^    {name}\b: ", re.MULTILINE)
    return hasattr(kind, name) or any(
        assigned.search(inspect.getsource(each)) for each in kind.__mro__ if each is not object
    )
