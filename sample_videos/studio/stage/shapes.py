"""Solids in metres, made of bmesh, parented to the thing they are a part of."""

from __future__ import annotations

import bmesh
import bpy
from mathutils import Matrix, Vector


def made(name, mesh, material, parent=None, *, smooth=False):
    """An object of a bmesh, which is freed."""
    data = bpy.data.meshes.new(name)
    mesh.to_mesh(data)
    mesh.free()
    if material is not None:
        data.materials.append(material)
    if smooth:
        data.polygons.foreach_set("use_smooth", [True] * len(data.polygons))
    thing = bpy.data.objects.new(name, data)
    bpy.context.scene.collection.objects.link(thing)
    if parent is not None:
        thing.parent = parent
    return thing


def empty(name):
    """A frame for parts to hang on."""
    thing = bpy.data.objects.new(name, None)
    bpy.context.scene.collection.objects.link(thing)
    return thing


def box(name, size, at, material, bevel=0.0, parent=None, rot=(0, 0, 0), seg=2):
    """A box about `at`, turned about x, then y, then z (radians), edges rounded by `bevel` metres."""
    mesh = bmesh.new()
    bmesh.ops.create_cube(mesh, size=1)
    bmesh.ops.scale(mesh, vec=size, verts=mesh.verts)
    if bevel:
        width = min(bevel, 0.49 * min(size))
        bmesh.ops.bevel(mesh, geom=list(mesh.edges), offset=width, segments=seg, profile=0.6, affect="EDGES")
    turn = Matrix.Rotation(rot[2], 3, "Z") @ Matrix.Rotation(rot[1], 3, "Y") @ Matrix.Rotation(rot[0], 3, "X")
    bmesh.ops.rotate(mesh, matrix=turn, verts=mesh.verts)
    bmesh.ops.translate(mesh, vec=at, verts=mesh.verts)
    return made(name, mesh, material, parent, smooth=bool(bevel) and seg >= 3)


def cylinder(name, low, high, height, at, material, parent=None, seg=20, rot=None):
    """A cone frustum of radii low and high that stands on `at`."""
    mesh = bmesh.new()
    bmesh.ops.create_cone(mesh, cap_ends=True, segments=seg, radius1=low, radius2=high, depth=height)
    bmesh.ops.translate(mesh, vec=(0, 0, height / 2), verts=mesh.verts)
    if rot is not None:
        bmesh.ops.rotate(mesh, matrix=rot, verts=mesh.verts)
    bmesh.ops.translate(mesh, vec=at, verts=mesh.verts)
    return made(name, mesh, material, parent)


def rod(name, start, end, radius, material, parent=None, seg=10, end_radius=None):
    """A round bar between two points."""
    start, end = Vector(start), Vector(end)
    along = end - start
    turn = along.to_track_quat("Z", "Y").to_matrix()
    far = radius if end_radius is None else end_radius
    return cylinder(name, radius, far, along.length, start, material, parent, seg, turn)


def quad(name, corners, material, parent=None):
    """Four corners, texture upright from the first: lower left, lower right, upper right, upper left."""
    mesh = bmesh.new()
    face = mesh.faces.new([mesh.verts.new(p) for p in corners])
    uv = mesh.loops.layers.uv.new("UV")
    for loop, place in zip(face.loops, [(0, 0), (1, 0), (1, 1), (0, 1)], strict=True):
        loop[uv].uv = place
    return made(name, mesh, material, parent)


def sheet(name, grid, material, parent=None, thick=0.012):
    """A smooth shell over a (nu, nv, 3) grid."""
    mesh = bmesh.new()
    nu, nv = grid.shape[:2]
    verts = [[mesh.verts.new(grid[i, j]) for j in range(nv)] for i in range(nu)]
    for i in range(nu - 1):
        for j in range(nv - 1):
            mesh.faces.new((verts[i][j], verts[i + 1][j], verts[i + 1][j + 1], verts[i][j + 1]))
    bmesh.ops.recalc_face_normals(mesh, faces=mesh.faces)
    bmesh.ops.solidify(mesh, geom=list(mesh.faces), thickness=thick)
    return made(name, mesh, material, parent, smooth=True)
