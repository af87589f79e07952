using S2nTls.Interop;
using Processor = System.Runtime.InteropServices.Architecture;

namespace S2nTls.Tests.Interop;

/// <summary>Where s2n cannot be used: what says so, and how.</summary>
public class SupportedTests
{
    public static TheoryData<UnusableLibrary> Unusable => [.. Enum.GetValues<UnusableLibrary>()];

    [Fact]
    public void It_is_supported_where_the_library_is_and_loading_it_is_then_no_event()
    {
        Assert.True(S2nStream.IsSupported);
        S2nLibrary.Load();
        Assert.True(S2nStream.IsSupported);
    }

    [Theory, MemberData(nameof(Unusable))]
    public async Task A_library_that_cannot_be_used_makes_it_unsupported_without_an_exception_and_the_first_use_says_why(UnusableLibrary kind)
    {
        var directory = new TempDirectory();
        string[] said = await ElsewhereProgram.RunAsync(kind.In(directory), directory, "ask");
        Assert.Equal(
            [
                "S2nStream.IsSupported: False",
                "S2nStream.IsSupported again: False",
                "S2nHttpHandler.IsSupported: False",
                "S2nLibrary.Load: DllNotFoundException",
                "S2nContext.CreateClient: DllNotFoundException",
                "new S2nSecurityPolicy: nothing", // settings may name one everywhere
                "AuthenticateAsClientAsync: DllNotFoundException",
                "S2nStream.IsSupported in the end: False",
            ],
            said);
    }

    [Fact]
    public async Task The_same_program_with_the_library_is_supported()
    {
        string[] said = await ElsewhereProgram.RunAsync(null, new TempDirectory(), "ask");
        Assert.Equal(["S2nStream.IsSupported: True", "S2nStream.IsSupported again: True", "S2nHttpHandler.IsSupported: True", "S2nLibrary.Load: nothing"], said[..4]);
        Assert.Equal("new S2nSecurityPolicy: ArgumentException", said[5]);
    }

    [Fact]
    public async Task Unsupported_stays_unsupported_until_a_use_finds_a_library_that_has_come_later()
    {
        var directory = new TempDirectory();
        string[] said = await ElsewhereProgram.RunAsync(directory.PathOf("libs2n.so"), directory, "later");
        Assert.Equal(
            ["S2nStream.IsSupported: False", "S2nStream.IsSupported again: False", "S2nLibrary.Load: nothing", "S2nStream.IsSupported in the end: True"], said);
    }

    [Fact]
    public async Task An_application_that_resolves_the_native_library_itself_is_told_no_and_not_an_exception() =>
        Assert.Equal(["S2nStream.IsSupported: False"], await ElsewhereProgram.RunAsync(null, new TempDirectory(), "resolve"));

    [Theory]
    [InlineData(true, Processor.X64, true)]
    [InlineData(true, Processor.Arm64, true)]
    [InlineData(true, Processor.X86, false)]
    [InlineData(true, Processor.Arm, false)]
    [InlineData(true, Processor.S390x, false)]
    [InlineData(false, Processor.X64, false)]
    [InlineData(false, Processor.Arm64, false)]
    public void Linux_on_two_processors_is_supported(bool isLinux, Processor processor, bool isSupported) =>
        Assert.Equal(isSupported, new SupportedPlatform(isLinux, processor, "").IsSupported);

    [Theory]
    [InlineData(false, Processor.X64, "Microsoft Windows 10.0.26100 (X64)")]
    [InlineData(false, Processor.Arm64, "Darwin 25.0.0 (Arm64)")]
    [InlineData(true, Processor.S390x, "Debian GNU/Linux 13 (S390x)")]
    public void Another_platform_is_refused_with_the_ways_out_even_if_a_library_is_named(bool isLinux, Processor processor, string description)
    {
        var platform = new SupportedPlatform(isLinux, processor, description);
        foreach (string? path in new[] { null, "/nowhere/libs2n.so", UnusableLibraries.Usable })
        {
            string message = Assert.Throws<PlatformNotSupportedException>(() => NativeLibraryLoader.Find(path, platform)).Message;
            foreach (string part in new[]
            {
                "Linux, on x64 and arm64", description, "container", "WSL", "S2nStream.IsSupported", "S2nHttpHandler.UseSslStreamIfNotSupported",
                "S2nHttpsOptions.UseHttpsIfNotSupported", "docs/platforms.md",
            })
            {
                Assert.Contains(part, message, StringComparison.Ordinal);
            }
        }
    }
}
