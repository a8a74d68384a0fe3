using HybridAD.Formats.FpCore;

namespace HybridAD.FormatTests.FpCoreFormat;

/// <summary>A single program that can be traced.</summary>
internal static class SupportedCore
{
    public static FpCore Of(string text)
    {
        var core = FpCoreReader.Parse(text, "in").Cores.Single();
        Assert.Equal("ok", core.Status);
        return core;
    }
}
