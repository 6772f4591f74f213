// The XML of an answer: who it is, and what is written in before it is begun.
const parse = (xml) => new DOMParser().parseFromString(xml, "text/xml");
const write = (node) => new XMLSerializer().serializeToString(node);
const child = (node, name) => [...node.children].find((each) => each.localName === name);

// The answer with its own number, and the number of the one it corrects.
export function named(xml, { instance, deprecated }) {
  const tree = parse(xml);
  const root = tree.documentElement;
  let meta = child(root, "meta");
  if (!meta) root.append((meta = tree.createElementNS("http://openrosa.org/xforms", "orx:meta")));
  const set = (name, text) => {
    let element = child(meta, name);
    if (!text) return element?.remove();
    if (!element) {
      const prefix = meta.prefix ? `${meta.prefix}:` : "";
      meta.append((element = tree.createElementNS(meta.namespaceURI, prefix + name)));
    }
    element.textContent = text;
  };
  set("instanceID", instance);
  set("deprecatedID", deprecated);
  return write(tree);
}

// The form with values at some of its paths, as if its author had given them as defaults. The form that is kept and its
// hash stay as they are: this is a copy in the page.
export function withValues(xform, values) {
  const paths = Object.entries(values);
  if (!paths.length) return xform;
  const tree = parse(xform);
  const root = tree.getElementsByTagNameNS("http://www.w3.org/2002/xforms", "instance")[0]?.firstElementChild;
  for (const [path, value] of paths) {
    const names = path.split("/").slice(2);
    const element = names.reduce((node, name) => node && child(node, name), root);
    if (element) element.textContent = value;
  }
  return write(tree);
}

// The draft as the engine takes it up again.
export function asDraft(xml, files) {
  const data = new FormData();
  data.append("xml_submission_file", new File([xml], "xml_submission_file", { type: "text/xml" }));
  for (const file of files) data.append(file.name, new File([file.blob], file.name, { type: file.blob.type }));
  return data;
}
