import { type SankeyLink, type SankeyNode, sankey, sankeyLinkHorizontal } from 'd3-sankey';
import { count } from '../../../format/format.js';
import type { Accounting } from '../../../reports/accounting.js';
import { at, type Drawing, NARROW } from '../figure.js';
import { html, type Markup } from '../markup.js';

interface Place {
  readonly id: string;
  readonly name: string;
  readonly colour: 'legacy' | 'unified' | 'folded' | 'rejected';
}
interface Stream {
  readonly colour: Place['colour'];
}
type Node = SankeyNode<Place, Stream>;
type Link = SankeyLink<Place, Stream>;

const NODE_WIDTH = 12;
/** Room for two lines of text beside every node, however few rows it stands for. */
const NODE_GAP = 34;
const MARGIN = 20;
const HEIGHT_PER_TABLE = 78;
const LEAST_HEIGHT = 220;

/** Where every row of the legacy tables went: into a row of ours, beside one, or aside. */
export function flowOf(
  accounting: readonly Accounting[],
  names: { readonly unified: string; readonly folded: string },
  width: number,
): Drawing {
  // On a phone two long names do not fit side by side.
  const isNarrow = width <= NARROW;
  const ends = [
    { id: 'primary', name: isNarrow ? 'unified' : names.unified, colour: 'unified' },
    { id: 'folded', name: isNarrow ? 'kept beside' : names.folded, colour: 'folded' },
    { id: 'rejected', name: 'put aside', colour: 'rejected' },
  ] as const;
  const streams = accounting.flatMap((row) =>
    ends.flatMap(({ id, colour }) =>
      row[id] > 0 ? [{ source: `from ${row.table}`, target: id, value: row[id], colour }] : [],
    ),
  );
  const reached = new Set<string>(streams.flatMap(({ source, target }) => [source, target]));
  const nodes: Place[] = [
    ...accounting.map(({ table }) => ({ id: `from ${table}`, name: table, colour: 'legacy' as const })),
    ...ends,
  ].filter(({ id }) => reached.has(id));
  if (streams.length === 0) return { width, height: 0, body: [] };
  const height = Math.max(LEAST_HEIGHT, HEIGHT_PER_TABLE * accounting.length);
  const layout = sankey<Place, Stream>()
    .nodeId(({ id }) => id)
    .nodeWidth(NODE_WIDTH)
    .nodePadding(NODE_GAP)
    .nodeSort(() => 0)
    .extent([
      [0, MARGIN],
      [width, height - MARGIN],
    ]);
  const graph = layout({ nodes: nodes.map((node) => ({ ...node })), links: streams });
  return {
    width,
    height,
    body: [...graph.links.map(link), ...graph.nodes.map((node) => block(node, width))],
  };
}

function link(one: Link): Markup {
  const path = sankeyLinkHorizontal<Place, Stream>()(one) ?? '';
  return html`<path class="none softer s-${one.colour}" stroke-width="${at(Math.max(1.5, one.width ?? 0))}" d="${path}"/>`;
}

function block(node: Node, width: number): Markup {
  const { x0 = 0, x1 = 0, y0 = 0, y1 = 0 } = node;
  const isLeft = x0 < width / 2;
  const [x, anchor] = isLeft ? [x1 + 8, 'start'] : [x0 - 8, 'end'];
  const middle = (y0 + y1) / 2;
  return html`<rect class="f-${node.colour}" x="${at(x0)}" y="${at(y0)}" width="${at(x1 - x0)}" height="${at(Math.max(2, y1 - y0))}" rx="2"/>
<text class="halo strong" x="${at(x)}" y="${at(middle - 3)}" text-anchor="${anchor}">${node.name}</text><text class="halo dim" x="${at(x)}" y="${at(middle + 13)}" text-anchor="${anchor}">${count(node.value ?? 0)} rows</text>`;
}
