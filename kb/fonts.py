"""A Chinese font for PDFs, cut down to the characters in use: Noto Sans SC (OFL), from the pinned wheel."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path


def subset(text: str, weight: int, target: Path) -> None:
    """Write a TrueType font of one weight (100–900) with the characters of ``text`` and ASCII; 1 s, some kilobytes."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    options = Options(layout_features=[], notdef_outline=True, drop_tables=["GSUB", "GPOS", "DSIG"])
    with as_file(files("justmytype_intl_cjk").joinpath("fonts/ofl/notosanssc/NotoSansSC[wght].ttf")) as path:
        font = TTFont(path, lazy=True)
        cutter = Subsetter(options)
        cutter.populate(text=text + "".join(map(chr, range(0x20, 0x7F))))
        cutter.subset(font)
        still = instancer.instantiateVariableFont(font, {"wght": weight})
        still.save(target)
