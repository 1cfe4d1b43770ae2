/** Texts of real shape for the templates that discovery uses most, of any length. */
export interface BenchText {
  template: string;
  /** `size` is the number of entries. */
  text: (size: number) => string;
}

const octet = (value: number): number => value % 256;
const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0').slice(-digits);
const dotted = (value: number): string => `10.${octet(value >> 16)}.${octet(value >> 8)}.${octet(value)}`;
const mac = (value: number): string => `00${hex(value >> 24, 2)}.${hex(value >> 8, 4)}.${hex(value, 2)}5e`;
const port = (value: number): string => `GigabitEthernet${1 + (value % 8)}/0/${1 + (value % 48)}`;

function lines(size: number, line: (index: number) => string): string {
  return Array.from({ length: size }, (_, index) => line(index)).join('\n');
}

const ROUTE_HEAD = `Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP
       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area

Gateway of last resort is 10.0.0.1 to network 0.0.0.0

`;

const interfaceText = (index: number): string => `${port(index)} is up, line protocol is up (connected)
  Hardware is Gigabit Ethernet, address is ${mac(index)} (bia ${mac(index)})
  Description: uplink ${index} to access
  Internet address is ${dotted(index)}/30
  MTU 1500 bytes, BW 1000000 Kbit/sec, DLY 10 usec,
     reliability 255/255, txload 1/255, rxload 1/255
  Encapsulation ARPA, loopback not set
  Keepalive set (10 sec)
  Full-duplex, 1000Mb/s, media type is 10/100/1000BaseTX
  input flow-control is off, output flow-control is unsupported
  ARP type: ARPA, ARP Timeout 04:00:00
  Last input 00:00:0${index % 10}, output 00:00:00, output hang never
  Last clearing of "show interface" counters never
  Input queue: 0/2000/0/0 (size/max/drops/flushes); Total output drops: ${index}
  Queueing strategy: fifo
  Output queue: 0/40 (size/max)
  5 minute input rate ${index * 1000} bits/sec, ${index} packets/sec
  5 minute output rate ${index * 900} bits/sec, ${index} packets/sec
     ${index * 77} packets input, ${index * 5000} bytes, 0 no buffer
     Received 12 broadcasts (10 multicasts)
     0 runts, 0 giants, 0 throttles
     0 input errors, 0 CRC, 0 frame, 0 overrun, 0 ignored
     0 watchdog, 10 multicast, 0 pause input
     0 input packets with dribble condition detected
     ${index * 66} packets output, ${index * 4000} bytes, 0 underruns
     0 output errors, 0 collisions, 1 interface resets
     0 unknown protocol drops
     0 babbles, 0 late collision, 0 deferred
     0 lost carrier, 0 no carrier, 0 pause output
     0 output buffer failures, 0 output buffers swapped out`;

const lldpText = (index: number): string => `------------------------------------------------
Local Intf: Gi1/0/${index}
Chassis id: ${mac(index)}
Port id: Gi0/${index % 24}
Port Description: GigabitEthernet0/${index % 24}
System Name: access-${index}.example.net

System Description:
Cisco IOS Software, C2960X Software (C2960X-UNIVERSALK9-M), Version 15.2(7)E3, RELEASE SOFTWARE (fc3)
Technical Support: http://www.cisco.com/techsupport
Copyright (c) 1986-2020 by Cisco Systems, Inc.

Time remaining: 95 seconds
System Capabilities: B,R
Enabled Capabilities: B
Management Addresses:
    IP: ${dotted(index)}
Auto Negotiation - supported, enabled
Physical media capabilities:
    1000baseT(FD)
    100base-TX(FD)
Media Attachment Unit type: 30
Vlan ID: 1
`;

const cdpText = (index: number): string => `-------------------------
Device ID: access-${index}.example.net
Entry address(es):
  IP address: ${dotted(index)}
Platform: cisco WS-C2960X-48FPD-L,  Capabilities: Switch IGMP
Interface: ${port(index)},  Port ID (outgoing port): GigabitEthernet0/1
Holdtime : 155 sec

Version :
Cisco IOS Software, C2960X Software (C2960X-UNIVERSALK9-M), Version 15.2(7)E3, RELEASE SOFTWARE (fc3)
Technical Support: http://www.cisco.com/techsupport

advertisement version: 2
VTP Management Domain: 'example'
Native VLAN: 1
Duplex: full
Management address(es):
  IP address: ${dotted(index)}
`;

export const BENCH_TEXTS: BenchText[] = [
  {
    template: 'cisco_ios_show_ip_route.textfsm',
    text: (size) =>
      ROUTE_HEAD +
      lines(size, (index) => {
        if (index % 4 === 0) return `B        ${dotted(index)}/24 [20/0] via ${dotted(index + 9)}, 2d03h`;
        if (index % 4 === 1) return `S*       ${dotted(index)}/16 [1/0] via ${dotted(index + 7)}, ${port(index)}`;
        if (index % 4 === 2)
          return `O IA     ${dotted(index)}/32 [110/${index % 99}] via ${dotted(index + 5)}, 1w2d, ${port(index)}`;
        return `C        ${dotted(index)}/24 is directly connected, Vlan${index % 4000}`;
      }),
  },
  { template: 'cisco_ios_show_interfaces.textfsm', text: (size) => lines(size, interfaceText) },
  {
    template: 'cisco_ios_show_mac-address-table.textfsm',
    text: (size) =>
      `          Mac Address Table\n-------------------------------------------\n\nVlan    Mac Address       Type        Ports\n----    -----------       --------    -----\n${lines(size, (index) => ` ${String(1 + (index % 4000)).padStart(3)}    ${mac(index)}    DYNAMIC     Gi1/0/${index % 48}`)}\nTotal Mac Addresses for this criterion: ${size}`,
  },
  {
    template: 'cisco_ios_show_ip_arp.textfsm',
    text: (size) =>
      `Protocol  Address          Age (min)  Hardware Addr   Type   Interface\n${lines(size, (index) => `Internet  ${dotted(index).padEnd(16)}      ${String(index % 99).padStart(4)}  ${mac(index)}  ARPA   Vlan${index % 4000}`)}`,
  },
  {
    template: 'cisco_ios_show_lldp_neighbors_detail.textfsm',
    text: (size) => `${lines(size, lldpText)}\nTotal entries displayed: ${size}`,
  },
  {
    template: 'cisco_ios_show_cdp_neighbors_detail.textfsm',
    text: (size) => `${lines(size, cdpText)}\nTotal cdp entries displayed : ${size}`,
  },
  {
    template: 'cisco_nxos_show_ip_route.textfsm',
    text: (size) =>
      `IP Route Table for VRF "default"\n'*' denotes best ucast next-hop\n'**' denotes best mcast next-hop\n'[x/y]' denotes [preference/metric]\n\n${lines(size, (index) => `${dotted(index)}/24, ubest/mbest: 1/0\n    *via ${dotted(index + 1)}, Eth1/${index % 48}, [110/41], 3d04h, ospf-1, intra`)}`,
  },
  {
    template: 'cisco_ios_show_ip_interface_brief.textfsm',
    text: (size) =>
      `Interface              IP-Address      OK? Method Status                Protocol\n${lines(size, (index) => `${port(index).padEnd(22)} ${dotted(index).padEnd(15)} YES NVRAM  ${index % 3 === 0 ? 'administratively down down' : 'up                    up'}`)}`,
  },
  {
    template: 'arista_eos_show_mac_address-table.textfsm',
    text: (size) =>
      `          Mac Address Table\n------------------------------------------------------------------\n\nVlan    Mac Address       Type        Ports      Moves   Last Move\n----    -----------       ----        -----      -----   ---------\n${lines(size, (index) => `${String(1 + (index % 4000)).padStart(4)}    ${mac(index)}    DYNAMIC     Et${index % 48}        1       0:01:${10 + (index % 50)} ago`)}\nTotal Mac Addresses for this criterion: ${size}`,
  },
];
