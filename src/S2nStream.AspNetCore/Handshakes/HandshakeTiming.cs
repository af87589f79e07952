namespace S2nTls.AspNetCore.Handshakes;

/// <param name="Start">When the handshake began (<see cref="System.Diagnostics.Stopwatch.GetTimestamp"/>).</param>
/// <param name="IsCounted">Whether it was counted as active: a listener added later must not see it end.</param>
internal readonly record struct HandshakeTiming(long Start, bool IsCounted);
