using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace S2nTls.AspNetCore.Handshakes;

/// <param name="Name">A server name, <c>*.suffix</c>, or <c>*</c>, in ASCII (<see cref="InternationalName.ToAscii"/>).</param>
/// <param name="Protocols">The HTTP versions for it.</param>
/// <param name="Select">Chooses the context.</param>
internal sealed record ServerNameEntry(string Name, HttpProtocols Protocols, S2nContextSelector Select);
