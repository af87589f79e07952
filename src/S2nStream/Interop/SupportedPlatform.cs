using System.Runtime.InteropServices;

namespace S2nTls.Interop;

/// <summary>Where libs2n runs: on Linux, on the processors that it is tested on.</summary>
/// <param name="IsLinux">Whether the operating system is Linux; Android is not.</param>
/// <param name="Processor">The process's, which an emulator may make another than the machine's.</param>
/// <param name="Description">Both, in words.</param>
internal sealed record SupportedPlatform(bool IsLinux, Architecture Processor, string Description)
{
    /// <summary>This process's platform.</summary>
    internal static SupportedPlatform Current { get; } = new(
        OperatingSystem.IsLinux(), RuntimeInformation.ProcessArchitecture, $"{RuntimeInformation.OSDescription} ({RuntimeInformation.ProcessArchitecture})");

    internal bool IsSupported => IsLinux && Processor is (Architecture.X64 or Architecture.Arm64);

    /// <exception cref="PlatformNotSupportedException">s2n does not run here; the message says what a program can do about it.</exception>
    internal void ThrowIfNotSupported()
    {
        if (!IsSupported)
        {
            throw new PlatformNotSupportedException(
                $"""
                S2nStream runs on Linux, on x64 and arm64; this is {Description}.
                To develop here, run the program in a Linux container or in WSL, or have it ask S2nStream.IsSupported and use SslStream. UseS2n and S2nHttpHandler leave https to .NET's own TLS if told to (S2nHttpsOptions.UseHttpsIfNotSupported, S2nHttpHandler.UseSslStreamIfNotSupported). More: docs/platforms.md.
                """);
        }
    }
}
