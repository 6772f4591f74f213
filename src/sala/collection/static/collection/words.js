// The form's own buttons and messages in the reader's language. The library takes no words from outside, so those it
// writes are replaced where they appear; texts of the form itself are left as its author wrote them.
const OURS = ".control-text, .value-option, .markdown-block, .question-label, .group-label, [data-p-markdown]";
const ATTRIBUTES = ["aria-label", "placeholder", "title", "alt"];

export function translate(words, root = document.body) {
  const patterns = words.patterns.map(([pattern, text]) => [new RegExp(`^${pattern}$`), text]);
  const said = (text) => {
    const bare = text.trim();
    if (!bare) return null;
    if (bare in words.exact) return text.replace(bare, words.exact[bare]);
    for (const [pattern, instead] of patterns) if (pattern.test(bare)) return text.replace(bare, bare.replace(pattern, instead));
    return null;
  };
  const isAuthors = (element) => element?.closest(OURS) && !element.closest(".validation-message");
  const mend = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const text = isAuthors(node.parentElement) ? null : said(node.data);
      if (text !== null && text !== node.data) node.data = text;
    } else if (node.nodeType === Node.ELEMENT_NODE) {
      for (const name of ATTRIBUTES) {
        const text = node.hasAttribute(name) ? said(node.getAttribute(name)) : null;
        if (text !== null && text !== node.getAttribute(name)) node.setAttribute(name, text);
      }
      node.childNodes.forEach(mend);
    }
  };
  mend(root);
  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "childList") change.addedNodes.forEach(mend);
      else mend(change.target);
    }
  }).observe(root, { subtree: true, childList: true, characterData: true, attributeFilter: ATTRIBUTES });
}

// Names of months and days as this browser knows them in the language.
export function dates(language) {
  const names = (options, moments) => moments.map((moment) => new Intl.DateTimeFormat(language, { ...options, timeZone: "UTC" }).format(moment));
  const days = [...Array(7).keys()].map((day) => Date.UTC(2023, 0, 1 + day)); // a Sunday first
  const months = [...Array(12).keys()].map((month) => Date.UTC(2023, month, 1));
  return {
    dayNames: names({ weekday: "long" }, days), dayNamesShort: names({ weekday: "short" }, days), dayNamesMin: names({ weekday: "narrow" }, days),
    monthNames: names({ month: "long" }, months), monthNamesShort: names({ month: "short" }, months),
  };
}
