// Putting selected things in line or at even distances, as one move.
export function align(scene, how) {
  const ids = scene.movable();
  const boxes = ids.map((id) => [id, scene.graph.box(id)]);
  if (boxes.length < 2) return;
  const to = new Map();
  const put = (id, x, y) => to.set(id, [x, y]);
  const all = scene.bounding(ids);
  if (how === "rows" || how === "columns") {
    const axis = how === "columns" ? 0 : 1;
    boxes.sort((a, b) => a[1][axis] - b[1][axis]);
    const sum = boxes.reduce((s, [, b]) => s + b[axis + 2] - b[axis], 0);
    const gap = Math.max(20, (all[axis + 2] - all[axis] - sum) / (boxes.length - 1));
    let at = all[axis];
    for (const [id, b] of boxes) {
      put(id, axis ? b[0] : at, axis ? at : b[1]);
      at += b[axis + 2] - b[axis] + gap;
    }
  } else {
    for (const [id, b] of boxes) {
      const w = b[2] - b[0], h = b[3] - b[1];
      if (how === "left") put(id, all[0], b[1]);
      else if (how === "right") put(id, all[2] - w, b[1]);
      else if (how === "top") put(id, b[0], all[1]);
      else if (how === "bottom") put(id, b[0], all[3] - h);
      else if (how === "middle") put(id, b[0], (all[1] + all[3] - h) / 2);
      else if (how === "centre") put(id, (all[0] + all[2] - w) / 2, b[1]);
    }
  }
  for (const [id, b] of boxes) {
    const at = to.get(id);
    if (at && Math.round(at[0]) === b[0] && Math.round(at[1]) === b[1]) to.delete(id);
  }
  scene.move(to);
}
