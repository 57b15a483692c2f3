"""World -> Frame: cameras, streams, video files and folders of images."""
