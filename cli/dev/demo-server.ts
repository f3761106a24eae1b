/** A small server that publishes the two files of the demonstration. The list of airports is busy twice, as the world is. */
import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import { DATA } from '../../blueprints/bird-strikes/answer.ts';

const BUSY_TIMES = 2;

export interface DemoServer {
  url: string;
  /** Requests for the list of airports that were turned away. */
  refusals(): number;
  close(): void;
}

export async function startDemoServer(): Promise<DemoServer> {
  let refusals = 0;
  const server = createServer((request, response) => {
    if (request.url === '/airports.csv' && refusals < BUSY_TIMES) {
      refusals += 1;
      response.writeHead(503, { 'content-type': 'text/plain' }).end('busy, come back in a moment\n');
    } else if (request.url === '/airports.csv' || request.url === '/birdstrikes.csv') {
      response.writeHead(200, { 'content-type': 'text/csv' });
      createReadStream(DATA + request.url).pipe(response);
    } else response.writeHead(404).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    refusals: () => refusals,
    close: () => void server.close(),
  };
}
