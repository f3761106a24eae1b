/** Suggestions as CodeMirror wants them. */
import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { suggestionsAt, type Suggestion } from './suggestions.ts';
import type { TypeCatalogue } from './type-catalogue.ts';
import { placeAt } from './yaml-place.ts';

export function yamlCompletion(catalogue: TypeCatalogue) {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    // Offsets of the editor count every line end as one character, as this text does.
    const source = context.state.doc.toString();
    const place = placeAt(source, context.pos);
    if (!place) return null;
    const from = place.kind === 'expression' ? context.pos - (/\w*$/.exec(place.before)?.[0].length ?? 0) : place.from;
    if (!context.explicit && !invites(place.kind, source.slice(from, context.pos), source.charAt(from - 1)))
      return null;
    const suggestions = await suggestionsAt(place, source, catalogue);
    if (suggestions.length === 0 || context.aborted) return null;
    const indent = ' '.repeat(context.pos - context.state.doc.lineAt(context.pos).from - (context.pos - from));
    return { from, options: suggestions.map((suggestion) => completionOf(suggestion, indent)), validFor: /^[\w.$-]*$/ };
  };
}

/** Unasked, suggestions appear once something was typed, or where nothing else makes sense. */
function invites(kind: 'expression' | 'key' | 'value', word: string, previous: string): boolean {
  return word !== '' || kind === 'value' || (kind === 'expression' && /[.|{\s]/.test(previous));
}

function completionOf({ label, detail, text, insert, deprecated, required }: Suggestion, indent: string): Completion {
  return {
    label,
    detail: deprecated ? 'deprecated' : detail,
    info: text,
    apply: insert?.replaceAll('\n', `\n${indent}`),
    boost: (required ? 20 : 0) - (deprecated ? 50 : 0),
  };
}
