/** A line of a data file: JSON, or ION, which is what such files hold in Kestra. */
import { readIon } from '../../expression/ion.ts';
import { isJsonObject, parseJson } from '../../protocol/json.ts';
import type { Json, JsonObject } from '../../protocol/json.ts';
import { TaskFailure } from '../task.ts';

/** The variables that expressions on the line see: the members of a map, or `item`. */
export function rowVariables(line: string): JsonObject {
  const row = parseRow(line);
  return isJsonObject(row) ? row : { item: row };
}

export function parseRow(line: string): Json {
  try {
    return parseJson(line);
  } catch {
    try {
      return (readIon(line)[0] ?? null) as Json;
    } catch {
      throw new TaskFailure(`A line of the file is neither JSON nor ION: ${line.slice(0, 100)}`);
    }
  }
}
