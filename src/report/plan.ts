import type { Step } from '../model/plan.js';
import { addressText } from '../model/topology.js';

/** A step of a plan in one line. */
export function stepText(step: Step): string {
  return `${step.kind.padEnd(17)} ${stepSubject(step)}`;
}

function stepSubject(step: Step): string {
  switch (step.kind) {
    case 'write-record':
      return 'topology.json';
    case 'make-authority':
      return step.certificate;
    case 'write-certificate':
      return `${step.path} (your own)`;
    case 'issue-certificate':
      return `${step.path} (${[...step.names.dnsNames, ...step.names.ipAddresses].join(', ')})`;
    case 'make-directory':
    case 'write-secret':
    case 'write-file':
    case 'replace-file':
    case 'empty-directory':
      return `${step.path} (${step.mode.toString(8)})`;
    case 'write-settings':
      return `${step.path} (${step.edits.map(({ start }) => start.join(' ')).join(', ')})`;
    case 'write-dump':
      return `${step.path} (${step.bytes} bytes)`;
    case 'follow-master':
      return `${step.path} -> ${step.master ? addressText(step.master) : 'nobody'}`;
    case 'create-network':
      return `${step.name} ${step.subnet}`;
    case 'create-container': {
      const { name, image, ports } = step.container;
      const published = ports.map((each) => addressText(each.published)).join(', ');
      return `${name} (${image}${published === '' ? '' : `, published on ${published}`})`;
    }
    case 'start-container':
    case 'resume-container':
    case 'connect-container':
    case 'remove-container':
    case 'stop-container':
    case 'kill-container':
      return step.container;
    case 'create-volume':
    case 'remove-volume':
      return step.volume;
    case 'remove-network':
      return step.network;
    case 'remove-file':
    case 'remove-own':
      return step.path;
    case 'move-addresses':
      return `${step.path} (${step.moves.length} addresses)`;
    case 'forget-nodes':
      return `${step.path} (${step.nodes.map(({ address }) => addressText(address)).join(', ')})`;
    case 'monitor-master':
      return `${step.path} -> ${addressText(step.master)}`;
    case 'set-aside':
      return `${step.path} -> ${step.to}`;
    case 'keep-conf':
      return `${step.path} -> ${step.copy}`;
    case 'restore-conf':
      return `${step.path} <- ${step.copy}`;
    case 'adapt-conf':
      return `${step.path} (for ${step.version})`;
    case 'await-healthy':
      return 'every node';
    case 'tell':
      return `${step.node} ${step.command.join(' ')}`;
    default:
      return step.node;
  }
}
