namespace S2nTls.AspNetCore.Handshakes;

/// <param name="Start">When it began (<see cref="System.Diagnostics.Stopwatch.GetTimestamp"/>).</param>
/// <param name="IsCounted">Whether it was counted as active: whoever listens only since then must not see it end.</param>
internal readonly record struct HandshakeTiming(long Start, bool IsCounted);
