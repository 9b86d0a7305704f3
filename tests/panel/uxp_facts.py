"""What UXP's CSS and JavaScript have and lack, as Adobe documents it for Premiere (August 2026)."""

from __future__ import annotations

_PROPERTIES = """
align-content align-items align-self background background-attachment background-color background-image
background-repeat background-size border-bottom border-bottom-color border-bottom-left-radius
border-bottom-right-radius border-bottom-style border-bottom-width border-color border-left border-left-color
border-left-style border-left-width border-radius border-right border-right-color border-right-style
border-right-width border-style border-top border-top-color border-top-left-radius border-top-right-radius
border-top-style border-top-width border-width bottom color display flex flex-basis flex-direction flex-grow
flex-shrink flex-wrap font-family font-size font-style font-weight height justify-content left letter-spacing margin
margin-bottom margin-left margin-right margin-top max-height max-width min-height min-width opacity overflow overflow-x
overflow-y padding padding-bottom padding-left padding-right padding-top right text-align text-overflow top visibility
white-space width
z-index vertical-align content position
"""

_PSEUDO = """
active checked defined disabled empty enabled first-child focus hover last-child nth-child nth-last-child
nth-last-of-type nth-of-type only-child root after before
"""

_LACKING = """
TextEncoder TextDecoder Worker SharedWorker MutationObserver indexedDB EventSource BroadcastChannel structuredClone
caches queueMicrotask
"""

#: The documented properties; those of the last line stand elsewhere in the documentation.
PROPERTIES = frozenset(_PROPERTIES.split())

#: Pseudo-classes and pseudo-elements.
PSEUDO = frozenset(_PSEUDO.split())

DISPLAYS = frozenset(("none", "inline", "block", "inline-block", "flex", "inline-flex"))
UNITS = frozenset(("em", "rem", "vh", "vw", "vmin", "vmax", "cm", "mm", "in", "pc", "pt", "px"))

#: Globals of browsers that are missing or not to be relied upon.
LACKING = tuple(_LACKING.split())
