"""Small networks made in the test: no download, no training, known boxes."""

from pathlib import Path

import numpy as np
import openvino
from openvino import opset13 as ops


def save_constant(path: Path, table: np.ndarray, size: int = 64, *, dynamic: bool = False) -> Path:
    """A network whose output is `table` whatever it sees: the head's own arithmetic can be followed by hand."""
    shape = [-1, 3, -1, -1] if dynamic else [1, 3, size, size]
    image = ops.parameter(shape, np.float32, name="images")
    nothing = ops.multiply(ops.reduce_mean(image, np.array([0, 1, 2, 3]), keep_dims=False), np.float32(0))
    model = openvino.Model([ops.add(ops.constant(table.astype(np.float32)), nothing)], [image], "made_in_test")
    openvino.save_model(model, str(path), compress_to_fp16=False)
    return path


def save_bright_spot(path: Path, size: int = 64) -> Path:
    """A v8-style network that sees: a box of 8 px around every 8 px cell, its person score the cell's redness."""
    image = ops.parameter([1, 3, size, size], np.float32, name="images")
    cells = size // 8
    pooled = ops.avg_pool(image, [8, 8], [0, 0], [0, 0], [8, 8], True)
    flat = ops.reshape(pooled, np.array([1, 3, cells * cells]), False)
    red = ops.split(flat, np.int64(1), 3).output(0)
    y, x = np.divmod(np.arange(cells * cells), cells)
    boxes = np.stack([x * 8 + 4, y * 8 + 4, np.full(cells * cells, 8), np.full(cells * cells, 8)])[None]
    table = ops.concat([ops.constant(boxes.astype(np.float32)), red], 1)
    openvino.save_model(openvino.Model([table], [image], "bright_spot"), str(path), compress_to_fp16=False)
    return path
