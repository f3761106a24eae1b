/** Server-sent events as the API sends them: the id says what a message is (`start`, `progress`, `end`). */

export interface StreamHandlers {
  onmessage(id: string, data: string): void;
  /** The stream is over and will not come back by itself: refused, or its connection was closed for good. */
  onlost(): void;
}

/** Opens a stream; the answer closes it. A dropped connection is opened again by the browser. */
export type OpenStream = (url: string, handlers: StreamHandlers) => () => void;

export const openEventStream: OpenStream = (url, { onmessage, onlost }) => {
  const source = new EventSource(url);
  source.onmessage = (event) => onmessage(event.lastEventId, String(event.data));
  source.onerror = () => {
    if (source.readyState === EventSource.CLOSED) onlost();
  };
  return () => source.close();
};
