import axe from 'axe-core';

// jsdom has no canvas and says so each time; axe asks for one to recognise icon fonts.
HTMLCanvasElement.prototype.getContext = () => null;

/**
 * What axe finds wrong, one line each. Colours need a browser that paints; the browser suite looks at them. A fragment of
 * a page has no landmarks of its own.
 */
export async function violations(root: Element): Promise<string[]> {
  const { violations: found } = await axe.run(root, {
    rules: { 'color-contrast': { enabled: false }, region: { enabled: false } },
    resultTypes: ['violations'],
  });
  return found.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.html.slice(0, 200)}`));
}
