"""What untrusted media may be opened as: plain files only, in formats that hold their own media.

No playlist and no list of other files is among the formats, so opening a file never leads to another one.
"""

from __future__ import annotations

from typing import Final

#: Demuxers, in ffmpeg's words, for its ``format_whitelist``. Left out on purpose: hls, dash, concat, image2 (patterns).
FORMATS: Final = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mxf,avi,mpegts,mpeg,mpegvideo,flv,asf,gxf,dv,"
    "h264,hevc,m4v,nut,ivf,yuv4mpegpipe,gif,apng,"
    "wav,w64,aiff,caf,au,flac,mp3,aac,ac3,eac3,ogg,"
    "png_pipe,jpeg_pipe,tiff_pipe,bmp_pipe,webp_pipe,exr_pipe,dpx_pipe,psd_pipe,j2k_pipe,hdr_pipe,qoi_pipe"
)

#: Protocols, in ffmpeg's words, for its ``protocol_whitelist``.
PROTOCOLS: Final = "file"
