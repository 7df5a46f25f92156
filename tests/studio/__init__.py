"""The parts of the studio that need no Blender: shots, story, camera, sensor, disturbances, encoder, truth."""
