"""What runs inside Blender's Python (`bpy`): builds the hall, dresses people, renders linear passes.

Nothing outside imports it. It knows no story, no sensor and no truth: `server` reads what to render, one JSON line
each, and writes `.npz` files.
"""
