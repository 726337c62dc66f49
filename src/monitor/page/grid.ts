/** How many cells stand side by side, how large they are, and how many batches each stands for. */
export interface Grid {
  readonly columns: number;
  readonly size: number;
  readonly gap: number;
  readonly height: number;
  readonly perCell: number;
}

const LARGEST = 18;
const SMALLEST = 4;
const TALLEST = 240;

/** The largest cells with which all batches fit; where even the smallest ones do not, each stands for several. */
export function gridFor(batches: number, width: number): Grid {
  for (let size = LARGEST; size >= SMALLEST; size -= 1) {
    const grid = gridOf(batches, width, size, 1);
    if (grid.height <= TALLEST) return grid;
  }
  for (let perCell = 2; ; perCell += 1) {
    const grid = gridOf(batches, width, SMALLEST, perCell);
    if (grid.height <= TALLEST) return grid;
  }
}

function gridOf(batches: number, width: number, size: number, perCell: number): Grid {
  const gap = size > 6 ? 2 : 1;
  const columns = Math.max(1, Math.floor((width + gap) / (size + gap)));
  const rows = Math.ceil(Math.ceil(batches / perCell) / columns);
  return { columns, size, gap, height: Math.max(1, rows * (size + gap) - gap), perCell };
}
