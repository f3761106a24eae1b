/** How code looks: every colour is a token, so that both themes hold. */
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const highlight = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--accent)', fontWeight: '500' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--green)' },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: 'var(--purple)' },
  { tag: [tags.comment, tags.lineComment], color: 'var(--ink-faint)', fontStyle: 'italic' },
  { tag: [tags.meta, tags.punctuation, tags.separator], color: 'var(--ink-soft)' },
  { tag: tags.content, color: 'var(--ink)' },
]);

const theme = EditorView.theme({
  '&': { height: '100%', fontSize: '13.5px', backgroundColor: 'var(--surface)', color: 'var(--ink)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '1.6' },
  '.cm-content': { padding: '12px 0', caretColor: 'var(--accent)' },
  '.cm-cursor': { borderLeftColor: 'var(--accent)', borderLeftWidth: '2px' },
  '.cm-gutters': { backgroundColor: 'var(--surface)', color: 'var(--ink-faint)', border: 'none', paddingLeft: '6px' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--sunken) 60%, transparent)' },
  '.cm-activeLineGutter': { backgroundColor: 'transparent', color: 'var(--ink)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--accent) 22%, transparent)',
  },
  '.cm-tooltip': {
    backgroundColor: 'var(--raised)',
    border: '1px solid var(--line)',
    borderRadius: '7px',
    boxShadow: 'var(--overlay-shadow)',
    overflow: 'hidden',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--font-mono)', fontSize: '12.5px', maxHeight: '16em' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 10px', lineHeight: '1.5' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--accent-soft)', color: 'var(--ink)' },
  '.cm-completionDetail': { color: 'var(--ink-soft)', fontStyle: 'normal', marginLeft: '1em' },
  '.cm-completionMatchedText': { textDecoration: 'none', color: 'var(--accent)', fontWeight: '600' },
  '.cm-completionIcon': { display: 'none' },
  '.cm-tooltip.cm-completionInfo': {
    padding: '8px 12px',
    maxWidth: '26em',
    fontSize: '12.5px',
    fontFamily: 'var(--font-sans)',
  },
  '.cm-diagnostic': { padding: '6px 12px', fontSize: '12.5px', fontFamily: 'var(--font-sans)', borderLeft: 'none' },
  '.cm-diagnostic-error': { boxShadow: 'inset 3px 0 0 var(--red-solid)' },
  '.cm-diagnostic-warning': { boxShadow: 'inset 3px 0 0 var(--orange-solid)' },
  '.cm-diagnostic-info': { boxShadow: 'inset 3px 0 0 var(--blue-solid)' },
  '.cm-lintRange-error': { backgroundImage: 'none', borderBottom: '2px dotted var(--red-solid)' },
  '.cm-lintRange-warning': { backgroundImage: 'none', borderBottom: '2px dotted var(--orange-solid)' },
  '.cm-lintRange-info': { backgroundImage: 'none', borderBottom: '2px dotted var(--blue-solid)' },
  '.cm-panels': { backgroundColor: 'var(--sunken)', color: 'var(--ink)', borderColor: 'var(--line)' },
  '.cm-panel input, .cm-panel button': {
    fontFamily: 'var(--font-sans)',
    border: '1px solid var(--line-strong)',
    borderRadius: '5px',
    background: 'var(--surface)',
    color: 'var(--ink)',
    padding: '2px 8px',
  },
  '.cm-searchMatch': { backgroundColor: 'var(--yellow-soft)', outline: '1px solid var(--yellow-solid)' },
});

export const codeTheme: Extension = [theme, syntaxHighlighting(highlight)];
