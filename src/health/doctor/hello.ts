import type { Hello } from '../../model/examination.js';
import type { Address } from '../../model/topology.js';

/**
 * A hello as Sentinels publish it: `ip,port,id,epoch,master name,master ip,master port,master's
 * epoch` (sentinel.c, sentinelSendHello). Undefined for anything else: anyone may publish there.
 */
export function parseHello(payload: string, heardOn: Address): Hello | undefined {
  const words = payload.split(',');
  const [ip = '', port = '', sentinelId = '', , masterName = '', masterIp = '', masterPort = ''] =
    words;
  if (words.length !== 8 || !/^[0-9a-f]{40}$/.test(sentinelId)) return undefined;
  const [sentinel, master] = [
    { ip, port: Number(port) },
    { ip: masterIp, port: Number(masterPort) },
  ];
  return isPort(sentinel.port) && isPort(master.port) && isHost(ip) && isHost(masterIp)
    ? { sentinelId, sentinel, masterName, master, heardOn }
    : undefined;
}

function isHost(text: string): boolean {
  return /^[\x21-\x7e]{1,255}$/.test(text);
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port < 65536;
}
