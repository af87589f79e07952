using ArchUnitNET.Domain;
using ArchUnitNET.Domain.Extensions;
using ArchUnitNET.Loader;

namespace S2nTls.Tests.Architecture;

/// <summary>Each layer of the core knows only those below, and the folder list shows them.</summary>
public class LayerTests
{
    private static readonly ArchUnitNET.Domain.Architecture s_core = new ArchLoader().LoadAssembly(typeof(S2nStream).Assembly).Build();

    private static readonly (string From, string To)[] s_arrows =
    [
        .. s_core.Types
            .SelectMany(type => type.Dependencies.Select(dependency => (From: OutermostOf(type.FullName), To: OutermostOf(dependency.Target.FullName))))
            .Where(arrow => arrow.From != arrow.To && Layers.FolderOf.ContainsKey(arrow.From) && Layers.FolderOf.ContainsKey(arrow.To))
            .Distinct(),
    ];

    [Fact]
    public void No_arrow_points_up()
    {
        string[] up = [.. s_arrows
            .Where(arrow => !Layers.MayKnow(Layers.FolderOf[arrow.From], Layers.FolderOf[arrow.To]))
            .Select(arrow => $"{Layers.FolderOf[arrow.From]}: {arrow.From} → {Layers.FolderOf[arrow.To]}: {arrow.To}")
            .Order(StringComparer.Ordinal)];
        Assert.Empty(up);
    }

    /// <summary>So that the test above cannot pass for want of arrows: in signatures, in bodies, and in those of asynchronous methods.</summary>
    [Theory]
    [InlineData("S2nTls.S2nStream", "S2nTls.Engine.TlsConnection")]
    [InlineData("S2nTls.S2nStream", "S2nTls.Engine.Handshake.Question")]
    [InlineData("S2nTls.Engine.TlsConnection", "S2nTls.Interop.S2n")]
    [InlineData("S2nTls.Context.ConfigBuilder", "S2nTls.Interop.Callbacks")]
    [InlineData("S2nTls.Engine.Handshake.PreSharedKeyQuestion", "S2nTls.S2nPreSharedKeySelectionCallback")]
    [InlineData("S2nTls.S2nClientHello", "S2nTls.Wire.WireReader")]
    public void The_arrows_that_there_are_are_seen(string from, string to) => Assert.Contains((from, to), s_arrows);

    [Fact]
    public void Every_folder_is_in_a_layer_and_no_file_is_beside_them() =>
        Assert.Equal(Layers.FromBelow.SelectMany(layer => layer).Order(), Layers.FolderOf.Values.Distinct().Order());

    [Fact]
    public void Internal_types_are_in_their_folders_namespace_and_public_ones_in_S2nTls()
    {
        foreach (IType type in s_core.Types.Where(type => Layers.FolderOf.ContainsKey(type.FullName)))
        {
            string folder = Layers.FolderOf[type.FullName];

            // A namespace S2nTls.Stream would hide System.IO.Stream from all of ours: the uppermost layer is S2nTls itself.
            bool isRoot = type.Visibility == Visibility.Public || folder is "Stream" or "Authentication";
            Assert.True(isRoot ? type.Namespace.FullName == "S2nTls" : $"{type.Namespace.FullName}.".StartsWith($"S2nTls.{folder}.", StringComparison.Ordinal), type.FullName);
        }
    }

    private static string OutermostOf(string name) => name.Split('+', '/', '`', '<')[0];
}
