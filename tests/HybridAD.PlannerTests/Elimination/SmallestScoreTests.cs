using HybridAD.Planning.Elimination.Search;

namespace HybridAD.PlannerTests.Elimination;

public class SmallestScoreTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Finds_what_a_look_at_all_vertices_finds(bool last)
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var count = 1 + random.Next(100);
            var (scores, all) = (new SmallestScore(count, last), new double?[count]);
            for (var v = 0; v < count; v++)
                Set(v);
            for (var left = count; left > 0; left--)
            {
                for (var k = random.Next(4); k > 0; k--)
                    if (random.Next(count) is var v && all[v] is not null)
                        Set(v);
                var found = scores.Find();
                Assert.True(found == Smallest(), $"seed {seed}: {found} instead of {Smallest()}");
                scores.Remove(found);
                all[found] = null;
            }

            void Set(int v)
            {
                all[v] = random.Next(-3, 10);
                scores.Set(v, all[v]!.Value);
            }

            int Smallest() => last ? Array.LastIndexOf(all, all.Min()) : Array.IndexOf(all, all.Min());
        }
    }
}
