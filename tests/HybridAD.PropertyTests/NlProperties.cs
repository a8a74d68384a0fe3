using System.Text;
using FsCheck;
using FsCheck.Fluent;
using HybridAD.Formats.Nl;
using HybridAD.Graph;
using HybridAD.PropertyTests.Support;
using Xunit.Abstractions;

namespace HybridAD.PropertyTests;

/// <summary>A damaged .nl file is refused with one line, or what it says can be verified, evaluated and differentiated.</summary>
public sealed class NlProperties(ITestOutputHelper output)
{
    private static readonly string[] Fragments =
    [
        "o0", "o2", "o5", "o22", "o54\n1\n", "o54\n3\n", "o64\n3\nn1\nn2\nn1\n", "o35\n", "o72\n", "o13", "o99", "v0", "v1", "v99", "n0", "n1e999", "nan", "-1", "0", "1", "2147483647", "4294967296",
        "C0", "J0 1", "O0 0", "V3 0 1", "k1", "b", "r", "S0 1 a", "x1", "3", "4 0", "h3:abc", "f0 1",
    ];

    [Fact]
    public void Damaged_files_are_refused_or_can_be_differentiated()
    {
        var files = Directory.GetFiles(Fixtures(), "*.nl").Order(StringComparer.Ordinal).Select(File.ReadAllBytes).ToArray();
        Assert.NotEmpty(files);
        var (accepted, refused) = (0, 0);
        var seeds = Arb.From(Gen.Choose(int.MinValue, int.MaxValue));
        GraphProperty.Check(output, nameof(Damaged_files_are_refused_or_can_be_differentiated), 4000, seeds, seed =>
        {
            var random = new Random(seed);
            var data = Mutations.Damage(files[random.Next(files.Length)], random, Fragments);
            NlModel model;
            try
            {
                model = NlReader.Read(data);
            }
            catch (NlFormatException error)
            {
                Assert.DoesNotContain('\n', error.Message);
                refused++;
                return;
            }
            accepted++;
            try
            {
                TraceVerifier.Verify(model.Trace);
                Mutations.UseEverything(new TracedFunction(model.Trace, declaredPattern: model.DeclaredPattern), [.. model.Start]);
            }
            catch (Exception error)
            {
                Assert.Fail($"{error.GetType().Name}: {error.Message} for the accepted file\n{Encoding.Latin1.GetString(data)}");
            }
        });
        output.WriteLine($"{accepted} damaged files accepted, {refused} refused");
        Assert.True(accepted > 300);
    }

    /// <summary>The fixtures of the format tests, found from the root of the repository.</summary>
    private static string Fixtures()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "HybridAD.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("The tests do not run inside the repository.");
        return Path.Combine(folder.FullName, "tests", "HybridAD.FormatTests", "files");
    }
}
