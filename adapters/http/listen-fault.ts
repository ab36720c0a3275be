import { DomainError } from '../../core/shared/errors.ts';

const PORT = 'Choose another with PORT or --port';
const HOST = 'Correct HOST or --host: 127.0.0.1 for this machine only, 0.0.0.0 for all of its addresses.';

/** Why nothing can be heard at the address, and what to set instead. */
export function listenFault(host: string, port: number, error: NodeJS.ErrnoException): DomainError {
  return new DomainError('unavailable', sentence(host, port, error.code ?? error.message), [], { cause: error });
}

function sentence(host: string, port: number, code: string): string {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} of ${host} is already in use. ${PORT}, or stop what listens there.`;
    case 'EACCES':
    case 'EPERM':
      return `This user may not listen on port ${port} of ${host}. ${PORT}, from 1024 on.`;
    case 'EADDRNOTAVAIL':
    case 'EINVAL':
    case 'EAFNOSUPPORT':
      return `${host} is no address of this machine (${code}). ${HOST}`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The host ${host} to listen on is not known (${code}). ${HOST}`;
    default:
      return `The server cannot listen on port ${port} of ${host} (${code}). ${HOST}`;
  }
}
