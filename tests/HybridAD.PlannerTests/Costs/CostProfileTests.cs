using System.Text;
using HybridAD.Calibration;
using HybridAD.Planning.Costs;

namespace HybridAD.PlannerTests.Costs;

public sealed class CostProfileTests
{
    private static readonly CostProfileFile Sample = new(CostProfile.Default with { SweepNode = 0.125, CacheBytes = 3e6 }, "a machine", new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    [Fact]
    public void A_profile_reads_back_as_it_was_written() => Assert.Equal(Sample, CostProfileFile.Read(Written(Sample)));

    [Fact]
    public void Every_number_of_a_profile_has_a_name() =>
        Assert.Equal(
            typeof(CostProfile).GetProperties().Where(p => p.PropertyType == typeof(double)).Select(p => p.Name).Order(),
            Price.All.Select(price => char.ToUpperInvariant(price.Name[0]) + price.Name[1..]).Order());

    [Fact]
    public void A_price_writes_what_it_reads() =>
        Assert.All(Price.All, price => Assert.Equal(7.5, price.Of(price.With(CostProfile.Default, 7.5))));

    [Theory]
    [InlineData("\"sweepNode\": 0.125", "\"sweepNode\": -1", "p.json is not a cost profile: 'sweepNode' is not a positive number. Write one with 'hybridad calibrate'. [HAD5005]")]
    [InlineData("\"sweepNode\": 0.125", "\"other\": 1", "p.json is not a cost profile: 'sweepNode' is not a positive number. Write one with 'hybridad calibrate'. [HAD5005]")]
    [InlineData("\"version\": 1", "\"version\": 2", "p.json is not a cost profile: it is not of format \"hybridad-profile\", version 1. Write one with 'hybridad calibrate'. [HAD5005]")]
    [InlineData("\"prices\"", "\"costs\"", "p.json is not a cost profile: it has no 'prices'. Write one with 'hybridad calibrate'. [HAD5005]")]
    [InlineData("{\n  \"format\"", "[\n  \"format\"", "p.json is not a cost profile: line 2, byte 10: not well-formed JSON. Write one with 'hybridad calibrate'. [HAD5005]")]
    [InlineData("\"a machine\"", "\"\\ud800\"", "p.json is not a cost profile: not well-formed JSON: a string is not valid Unicode text. Write one with 'hybridad calibrate'. [HAD5005]")]
    public void A_damaged_profile_is_refused(string original, string changed, string message)
    {
        var text = Encoding.UTF8.GetString(Written(Sample));
        Assert.Contains(original, text, StringComparison.Ordinal);
        var error = Assert.Throws<HybridAdException>(() => CostProfileFile.Read(Encoding.UTF8.GetBytes(text.Replace(original, changed, StringComparison.Ordinal)), "p.json"));
        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void A_calibration_finds_a_positive_price_for_every_step()
    {
        var measured = MachineCalibration.Measure(rounds: 1, secondsPerRound: 0, warmUpSeconds: 0);
        Assert.All(Price.All, price => Assert.True(price.Of(measured.Profile) > 0 && double.IsFinite(price.Of(measured.Profile)), price.Name));
        Assert.NotEqual("", measured.Machine);
        Assert.Equal(measured, CostProfileFile.Read(Written(measured)));
    }

    private static byte[] Written(CostProfileFile file)
    {
        using var text = new MemoryStream();
        file.Write(text);
        return text.ToArray();
    }
}
